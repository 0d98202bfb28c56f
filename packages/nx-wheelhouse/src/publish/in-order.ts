/** Does things in parallel, each after those that it needs and never after one that failed. */

export interface Ordered {
  readonly key: string;
  /** keys of what must have succeeded before */
  readonly after: readonly string[];
}

export type Turn<Item, Result> =
  | { readonly kind: 'done'; readonly item: Item; readonly result: Result }
  | { readonly kind: 'not-tried'; readonly item: Item; readonly failed: readonly string[] };

/**
 * @param items none of which needs itself in a circle; what is needed beyond them counts as done
 * @param run must not throw
 * @param failedBefore keys of what is needed and has failed already
 * @returns a turn for every item, as soon as it has ended
 */
export async function* inOrder<Item extends Ordered, Result>(
  items: readonly Item[],
  parallel: number,
  run: (item: Item) => Promise<Result>,
  succeeded: (result: Result) => boolean,
  failedBefore: Iterable<string> = [],
): AsyncGenerator<Turn<Item, Result>> {
  const waiting = new Map(items.map((item) => [item.key, item]));
  const failed = new Set<string>(failedBefore);
  const running = new Map<string, Promise<Turn<Item, Result>>>();
  const start = (item: Item) => {
    waiting.delete(item.key);
    running.set(
      item.key,
      run(item).then((result) => ({ kind: 'done', item, result })),
    );
  };
  while (waiting.size > 0 || running.size > 0) {
    for (const item of [...waiting.values()]) {
      const broken = item.after.filter((key) => failed.has(key));
      const isReady = !item.after.some((key) => waiting.has(key) || running.has(key));
      if (broken.length > 0) {
        waiting.delete(item.key);
        failed.add(item.key);
        yield { kind: 'not-tried', item, failed: broken };
      } else if (isReady && running.size < parallel) start(item);
    }
    if (running.size === 0) continue;
    const turn = await Promise.race(running.values());
    running.delete(turn.item.key);
    if (turn.kind === 'done' && !succeeded(turn.result)) failed.add(turn.item.key);
    yield turn;
  }
}
