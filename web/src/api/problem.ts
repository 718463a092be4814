/** How the server says no (RFC 9457), and how the network does. */

export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;

  constructor(problem: { status: number; code: string; title: string; detail: string }) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
  }
}

/** No answer at all: the server is down or the network is. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super("The server did not answer.", { cause });
    this.name = "UnreachableError";
  }
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 404;
}

/** Reads a failed response; a proxy in between may answer without problem+json. */
export async function readProblem(response: Response): Promise<ProblemError> {
  const body = await readJson(response);
  return new ProblemError({
    status: response.status,
    code: text(body, "code") ?? `http_${response.status}`,
    title: text(body, "title") ?? response.statusText,
    detail: text(body, "detail") ?? "",
  });
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function text(body: unknown, field: string): string | null {
  if (typeof body !== "object" || body === null) return null;
  const value: unknown = Reflect.get(body, field);
  return typeof value === "string" ? value : null;
}
