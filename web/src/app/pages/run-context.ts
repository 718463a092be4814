/** What every page of a run knows of it. */
import { createContext, use } from "react";
import type { RunRef } from "@/api/client";
import type { BareRun } from "@/api/types";

export interface FramedRun {
  /** Where the run is; stable as long as the address is. */
  ref: RunRef;
  /** undefined while it loads: what needs the address alone can be asked for already. */
  run: BareRun | undefined;
}

export const RunContext = createContext<FramedRun | null>(null);

export function useFramedRun(): FramedRun {
  const framed = use(RunContext);
  if (framed === null) throw new Error("This page belongs inside the frame of a run.");
  return framed;
}
