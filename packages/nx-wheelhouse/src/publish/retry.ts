/** How long to go on with an index that does not answer well. */
import { setTimeout as sleep } from 'node:timers/promises';
import { explanation, type HttpAnswer, type HttpRequest, isPassing, NoAnswer, send } from './http.js';

export interface Patience {
  /** how often one file is sent, or one page asked for, at most */
  readonly attempts: number;
  /** before the second attempt; doubles from there */
  readonly delayMs: number;
  /** how long a connection may be silent */
  readonly silenceMs: number;
}

export const PATIENCE: Patience = { attempts: 4, delayMs: 500, silenceMs: 120_000 };

/** What a request came to when all attempts were made. */
export type PatientAnswer =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  /** no answer at all, or one that may be better another day */
  | { readonly kind: 'given-up'; readonly problem: string };

/** Asks until there is an answer that will stay. Only for what may be asked twice. */
export async function sendPatiently(request: Omit<HttpRequest, 'body'>, patience: Patience): Promise<PatientAnswer> {
  for (let attempt = 1; ; attempt++) {
    let answer: HttpAnswer | undefined;
    let problem: string;
    try {
      answer = await send({ ...request, timeoutMs: patience.silenceMs });
      if (!isPassing(answer)) return { kind: 'answer', answer };
      problem = explanation(answer);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      problem = error.message;
    }
    if (attempt >= patience.attempts) return { kind: 'given-up', problem };
    await backoff(patience, attempt, askedToWaitMs(answer));
  }
}

/** Servers may ask for more than anyone waits for. */
const LONGEST_MS = 60_000;

/** Waits before the next attempt, as long as the server asks for or a little longer each time. */
export async function backoff({ delayMs }: Patience, attempt: number, askedMs: number): Promise<void> {
  await sleep(Math.min(LONGEST_MS, Math.max(askedMs, delayMs * 2 ** (attempt - 1))));
}

/** @see RFC 9110, "Retry-After" */
export function askedToWaitMs(answer: HttpAnswer | undefined): number {
  const asked = String(answer?.headers['retry-after'] ?? '');
  const seconds = /^\d+$/.test(asked) ? Number(asked) : (Date.parse(asked) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
}
