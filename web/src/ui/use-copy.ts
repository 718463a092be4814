import { useEffect, useState } from "react";
import { copyText } from "@/lib/copy-text";

/** Copies, and says for a moment that it did. */
export function useCopy(text: string) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return { isCopied, copy: () => void copyText(text).then(setIsCopied) };
}
