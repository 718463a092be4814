/**
 * The interface's words. A component asks `useMessages()` and gets a typed
 * catalogue: `m.runs.count(3)`. A missing or misspelt message does not compile,
 * and another language is another object of type `Catalogue`.
 */
import { createContext, type ReactNode, use } from "react";
import { type Catalogue, en } from "./messages/en";

const CatalogueContext = createContext<Catalogue>(en);

export function MessagesProvider(props: { catalogue: Catalogue; children: ReactNode }) {
  return <CatalogueContext value={props.catalogue}>{props.children}</CatalogueContext>;
}

export function useMessages(): Catalogue {
  return use(CatalogueContext);
}
