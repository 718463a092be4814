/**
 * A read-only CodeMirror in a shadow root. There it puts its styles into constructed sheets,
 * which the page's policy allows; in the page it would make style elements, which it forbids.
 */
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  syntaxHighlighting,
} from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

export interface EditorWords {
  find: string;
  next: string;
  previous: string;
  all: string;
  matchCase: string;
  byWord: string;
  regexp: string;
  close: string;
}

export interface CodeEditor {
  setText: (text: string) => void;
  setLanguage: (language: Extension) => void;
  setWrap: (isWrapped: boolean) => void;
  destroy: () => void;
}

export function createEditor(parent: HTMLElement, label: string, words: EditorWords): CodeEditor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  const language = new Compartment();
  const wrap = new Compartment();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      extensions: [
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        // Not editable, and still a place for the keyboard: arrows scroll, Ctrl-F searches.
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label }),
        EditorState.phrases.of(phrases(words)),
        lineNumbers(),
        codeFolding(),
        foldGutter({ openText: "▾", closedText: "▸" }),
        highlightSpecialChars(),
        highlightActiveLine(),
        drawSelection(),
        bracketMatching(),
        highlightSelectionMatches(),
        search({ top: true }),
        keymap.of([...searchKeymap, ...foldKeymap]),
        syntaxHighlighting(COLOURS),
        THEME,
        language.of([]),
        wrap.of([]),
      ],
    }),
  });
  return {
    setText: (text) => {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    setLanguage: (extension) => view.dispatch({ effects: language.reconfigure(extension) }),
    setWrap: (isWrapped) =>
      view.dispatch({ effects: wrap.reconfigure(isWrapped ? EditorView.lineWrapping : []) }),
    destroy: () => view.destroy(),
  };
}

function phrases(words: EditorWords): Record<string, string> {
  return {
    Find: words.find,
    next: words.next,
    previous: words.previous,
    all: words.all,
    "match case": words.matchCase,
    "by word": words.byWord,
    regexp: words.regexp,
    close: words.close,
  };
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  {
    tag: [tags.comment, tags.lineComment, tags.blockComment, tags.docString],
    color: "var(--code-comment)",
  },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.definition(tags.variableName)),
      tags.definition(tags.propertyName),
      tags.propertyName,
      tags.attributeName,
    ],
    color: "var(--code-name)",
  },
  {
    tag: [tags.className, tags.typeName, tags.definition(tags.typeName), tags.tagName, tags.meta],
    color: "var(--code-type)",
  },
  { tag: tags.heading, fontWeight: "600", color: "var(--code-keyword)" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strong, fontWeight: "600" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: tags.inserted, color: "var(--good)" },
  { tag: tags.deleted, color: "var(--bad)" },
]);

const THEME = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    fontSize: "12px",
    lineHeight: "18px",
    fontVariantLigatures: "none",
    scrollbarWidth: "thin",
    scrollbarColor: "var(--line-strong) transparent",
  },
  ".cm-content": { padding: "8px 0" },
  ".cm-content:focus-visible": { outline: "none" },
  "&.cm-focused .cm-gutters": { borderRightColor: "var(--accent)" },
  ".cm-gutters": {
    backgroundColor: "var(--surface)",
    color: "var(--muted)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "40px", padding: "0 6px 0 10px" },
  ".cm-foldGutter .cm-gutterElement": { width: "14px", cursor: "pointer" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--hover)" },
  "& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
    { backgroundColor: "color-mix(in oklab, var(--accent) 24%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-foldPlaceholder": {
    padding: "0 6px",
    border: "1px solid var(--line)",
    backgroundColor: "var(--hover)",
    color: "var(--muted)",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--selected)" },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in oklab, var(--warn) 18%, transparent)" },
  ".cm-searchMatch": { backgroundColor: "color-mix(in oklab, var(--warn) 30%, transparent)" },
  ".cm-searchMatch-selected": {
    backgroundColor: "color-mix(in oklab, var(--warn) 60%, transparent)",
  },
  ".cm-panels": {
    backgroundColor: "var(--bg)",
    color: "var(--text)",
    borderBottom: "1px solid var(--line) !important",
    fontFamily: "var(--font)",
  },
  ".cm-panel.cm-search": { padding: "6px 32px 6px 10px", fontSize: "12px" },
  ".cm-panel.cm-search label": { fontSize: "12px", color: "var(--muted)" },
  ".cm-panel.cm-search [name=close]": { color: "var(--muted)", fontSize: "16px", padding: "4px" },
  ".cm-textfield": {
    height: "26px",
    padding: "0 8px",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    fontSize: "12px",
  },
  ".cm-button": {
    height: "26px",
    padding: "0 8px",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    backgroundImage: "none",
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    fontSize: "12px",
  },
});
