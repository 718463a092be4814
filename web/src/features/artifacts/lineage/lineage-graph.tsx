/** The graph itself: nodes as buttons over edges, moved and zoomed as one picture. */
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useMemo, useRef } from "react";
import { useSize } from "@/charts/use-size";
import { IconButton } from "@/ui/button";
import { useWords } from "../words/use-words";
import type { Graph, GraphNode } from "./graph";
import { layOut, neighbourOf, pathOf, type Step } from "./layout";
import styles from "./lineage.module.css";
import { NodeFace, nodeName, nodePlace } from "./node-face";
import { fitted, revealed, useViewport, type Viewport, zoomed } from "./use-viewport";

interface LineageGraphProps {
  graph: Graph;
  /** Id of the node that the graph is about. */
  start: string;
  chosen: string | null;
  onChoose: (id: string | null) => void;
  /** Take some out of a cluster. */
  onOpen: (id: string) => void;
}

const NODE = { width: 188, height: 44 };
const SPACING = { nodeWidth: NODE.width, columnGap: 64, rowGap: 12 };
const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};
const ZOOM = 1.25;
/** Below this names cannot be read: whoever opens a large graph begins at its start, not above it. */
const READABLE = 0.5;

export function LineageGraph({ graph, start, chosen, onChoose, onOpen }: LineageGraphProps) {
  const w = useWords();
  const navigate = useNavigate();
  const root = useRef<HTMLDivElement>(null);
  const size = useSize(root);
  const layout = useMemo(
    () =>
      layOut(
        graph.nodes.map(({ id }) => ({ id, height: NODE.height })),
        graph.edges,
        SPACING,
      ),
    [graph],
  );
  const first = useMemo(() => {
    if (!size) return null;
    const whole = fitted(layout, size);
    const place = layout.places.get(start);
    if (whole.scale >= READABLE || !place) return whole;
    return {
      scale: 1,
      x: size.width / 2 - place.x - NODE.width / 2,
      y: size.height / 2 - place.y - NODE.height / 2,
    };
  }, [layout, size, start]);
  const { view, setView, handlers } = useViewport(root, first);
  const byId = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node])), [graph]);
  const focusable = chosen !== null && byId.has(chosen) ? chosen : start;

  const zoom = (factor: number) => {
    if (view && size) setView(zoomed(view, factor, { x: size.width / 2, y: size.height / 2 }));
  };
  const fitAll = () => size && setView(fitted(layout, size));
  const goTo = (id: string) => {
    const place = layout.places.get(id);
    if (!place || !view || !size) return;
    onChoose(id);
    setView(revealed(view, { ...place, ...NODE }, size));
    // It may only now be in sight, and so exist.
    requestAnimationFrame(() => {
      root.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
    });
  };
  const enter = (node: GraphNode) => {
    if (node.kind === "cluster") onOpen(node.id);
    const place = nodePlace(node);
    if (place) void navigate(place);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step) {
      const next = neighbourOf(layout, focusable, step);
      if (next !== null) goTo(next);
    } else if (event.key === "+" || event.key === "=") zoom(ZOOM);
    else if (event.key === "-") zoom(1 / ZOOM);
    else if (event.key === "0") fitAll();
    else if (event.key === "Escape") onChoose(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const inSight = (x: number, y: number) =>
    view !== null && size !== null && isNear(view, size, x, y);
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no form field set
    <div
      ref={root}
      className={styles.graph}
      role="group"
      aria-label={w.lineage.graph}
      onKeyDown={onKeyDown}
      {...handlers}
    >
      {view && (
        <div
          className={styles.picture}
          style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
        >
          <svg className={styles.edges} width={1} height={1} aria-hidden="true">
            <defs>
              <marker
                id="lineage-arrow"
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="7"
                markerHeight="7"
                orient="auto"
              >
                <path d="M0.500 0.800 7 4 0.500 7.200Z" fill="context-stroke" />
              </marker>
            </defs>
            {layout.edges.map(({ source, target, points }) => (
              <path
                key={`${source}\n${target}`}
                className={styles.edge}
                data-near={source === chosen || target === chosen}
                d={pathOf(points)}
                markerEnd="url(#lineage-arrow)"
              />
            ))}
          </svg>
          {graph.nodes.map((node) => {
            const place = layout.places.get(node.id);
            if (!place || (!inSight(place.x, place.y) && node.id !== focusable)) return null;
            return (
              <button
                key={node.id}
                type="button"
                data-id={node.id}
                data-kind={node.kind === "cluster" ? node.of : node.kind}
                data-many={node.kind === "cluster"}
                className={styles.node}
                style={{ left: place.x, top: place.y, width: NODE.width, height: NODE.height }}
                aria-pressed={node.id === chosen}
                aria-current={node.id === start ? "true" : undefined}
                tabIndex={node.id === focusable ? 0 : -1}
                title={nodeName(node, w)}
                onClick={() => goTo(node.id)}
                onDoubleClick={() => enter(node)}
                onKeyDown={(event) => {
                  if (event.key !== "Enter") return;
                  event.preventDefault();
                  enter(node);
                }}
              >
                <NodeFace node={node} />
              </button>
            );
          })}
        </div>
      )}
      <div className={styles.zoom}>
        <IconButton icon="plus" label={w.lineage.zoomIn} onClick={() => zoom(ZOOM)} />
        <IconButton icon="minus" label={w.lineage.zoomOut} onClick={() => zoom(1 / ZOOM)} />
        <IconButton icon="expand" label={w.lineage.fit} onClick={fitAll} />
      </div>
    </div>
  );
}

/** In sight, or nearly: a graph of thousands has as many nodes on the page as fit on it. */
function isNear(
  view: Viewport,
  size: { width: number; height: number },
  x: number,
  y: number,
): boolean {
  const left = x * view.scale + view.x;
  const top = y * view.scale + view.y;
  const room = 200;
  return (
    left + NODE.width * view.scale > -room &&
    left < size.width + room &&
    top + NODE.height * view.scale > -room &&
    top < size.height + room
  );
}
