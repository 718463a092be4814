import { lazyRouteComponent } from "@tanstack/react-router";

/** A part of the app did not come: the server is away, or was updated and has another one. */
export class MissingPageError extends Error {
  constructor(cause: unknown) {
    // In words of our own: the router knows the browsers' ones, and acts on them.
    super(`A page was not loaded: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.name = "MissingPageError";
  }
}

/**
 * A page that is fetched when somebody goes to it. The router answers a module that does not come
 * by loading the whole app again, which with the server away leaves nothing at all; here it is an
 * error like any, and `MissingPage` knows what to do.
 */
export function lazyPage<Module extends Record<string, unknown>, Name extends keyof Module>(
  load: () => Promise<Module>,
  name: Name,
) {
  const fetched = async () => {
    try {
      return await load();
    } catch (error) {
      throw new MissingPageError(error);
    }
  };
  return lazyRouteComponent(fetched, name);
}
