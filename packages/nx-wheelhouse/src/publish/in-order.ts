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
 * @param parallel how many may have a place at a time
 * @param run must not throw; may give its place to the next item when all that is left to it is to wait
 * @param failedBefore keys of what is needed and has failed already
 * @returns a turn for every item, as soon as it has ended
 */
export async function* inOrder<Item extends Ordered, Result>(
  items: readonly Item[],
  parallel: number,
  run: (item: Item, givePlace: () => void) => Promise<Result>,
  succeeded: (result: Result) => boolean,
  failedBefore: Iterable<string> = [],
): AsyncGenerator<Turn<Item, Result>> {
  const waiting = new Map(items.map((item) => [item.key, item]));
  const running = new Set<string>();
  const placed = new Set<string>();
  const failed = new Set<string>(failedBefore);
  const ended: { item: Item; result: Result }[] = [];
  let notice = () => {};
  const start = (item: Item) => {
    waiting.delete(item.key);
    running.add(item.key);
    placed.add(item.key);
    const givePlace = () => {
      placed.delete(item.key);
      notice();
    };
    run(item, givePlace).then((result) => {
      ended.push({ item, result });
      givePlace();
    });
  };
  while (waiting.size > 0 || running.size > 0) {
    const noticed = new Promise<void>((resolve) => {
      notice = resolve;
    });
    let isChanged = false;
    for (const item of [...waiting.values()]) {
      const broken = item.after.filter((key) => failed.has(key));
      const isReady = !item.after.some((key) => waiting.has(key) || running.has(key));
      if (broken.length > 0) {
        isChanged = true;
        waiting.delete(item.key);
        failed.add(item.key);
        yield { kind: 'not-tried', item, failed: broken };
      } else if (isReady && placed.size < parallel) start(item);
    }
    if (isChanged) continue;
    if (ended.length === 0) await noticed;
    for (const { item, result } of ended.splice(0)) {
      running.delete(item.key);
      if (!succeeded(result)) failed.add(item.key);
      yield { kind: 'done', item, result };
    }
  }
}
