/** An answer other than 2xx. Segno reads `status` and a `Retry-After` in `headers`, whoever throws the error. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly headers: Headers;

  constructor(response: Response, body: string) {
    super(`${response.url} answered ${response.status}: ${body.slice(0, 300)}`);
    this.status = response.status;
    this.headers = response.headers;
  }
}

export interface JsonRequest {
  method?: "GET" | "POST" | "PUT";
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 60_000;

/** Sends and receives JSON; anything but 2xx is an {@link HttpError}. */
export async function requestJson<T>(
  url: string,
  { method = "POST", headers, body, signal }: JsonRequest,
): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    // Of the request alone, where a task's timeout would count the wait for its turn as well.
    signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
  });
  if (!response.ok) throw new HttpError(response, await response.text());
  return (await response.json()) as T;
}

/** Worth another try: the network failed, the server was busy, slow or broken. A bad request is not. */
export function isTransient(error: unknown): boolean {
  if (error instanceof HttpError) return error.status === 429 || error.status >= 500;
  if (error instanceof DOMException) return error.name === "TimeoutError";
  // What fetch throws when there was no answer at all.
  return error instanceof TypeError && error.message === "fetch failed";
}
