import { Failure } from '../../lib/failure.mjs';

/** What a command says of an address that it could not fetch; `proxy` is the proxy's name for messages. */
export function unreachable(address: string, reason: string, proxy: string | undefined): Failure {
  return new Failure(
    `${address} could not be fetched (${reason}): check the network${proxy ? `, the proxy ${proxy} (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)` : ''} and run the command again, it goes on where it stopped.`,
  );
}

/** Why fetch failed, which the innermost cause of its error says. */
export function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (cause instanceof Error && cause.message) return reasonOf(cause);
  const [, status] = /^Proxy .*\((\d+)\)/.exec(message) ?? [];
  return status ? `the proxy answered ${status}` : message;
}

/** True for an answer that may be another one a moment later. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 429;
}
