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

export function isForbidden(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 403;
}

/** Nobody is there, or only a proxy whose server is away: it will come back by itself. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  return error instanceof ProblemError && [502, 503, 504].includes(error.status);
}

/** The server's no is an answer; silence and faults deserve another try. */
export function isTransient(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  return error instanceof ProblemError && error.status >= 500;
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
