import { type RefObject, useEffect, useState } from "react";

/** Whether an element has been on the screen, or near it. */
export function useInView(element: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const node = element.current;
    if (!node || isSeen) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), {
      rootMargin: "300px",
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, [element, isSeen]);
  return isSeen;
}
