/** Sends the files of one package together, in the ways that indexes bear. */
import type { UploadOutcome } from './upload.js';
import type { Upload } from './uploaders/uploader.js';

/** So many files of a package are on their way at a time. */
const FILES_AT_A_TIME = 4;

/**
 * @param isFirstAlone whether one file goes ahead of the others, for an index that makes the project and the release with it, for the
 *   right to which a pending publisher may be good once only; where that one fails, the others are not sent
 * @param send sends one file, and must not throw
 * @returns what became of each file that was sent, by its name
 */
export async function sendFiles(
  files: readonly Upload[],
  isFirstAlone: boolean,
  send: (file: Upload) => Promise<UploadOutcome>,
): Promise<ReadonlyMap<string, UploadOutcome>> {
  const outcomes = new Map<string, UploadOutcome>();
  const sendOne = async (file: Upload) => {
    const before = outcomes.get(file.dist.filename)?.attempts ?? 0;
    const outcome = await send(file);
    outcomes.set(file.dist.filename, { ...outcome, attempts: before + outcome.attempts });
  };
  const isTaken = ({ kind }: UploadOutcome) => kind === 'sent' || kind === 'there';
  const [first, ...others] = files;
  if (isFirstAlone && first !== undefined) {
    await sendOne(first);
    if ([...outcomes.values()].every(isTaken)) await together(others, sendOne);
  } else await together(files, sendOne);
  // Some indexes stumble over two files of a new release at once: what was refused beside one that was taken is sent again by itself.
  const refused = files.filter(({ dist }) => outcomes.get(dist.filename)?.kind === 'refused');
  if ([...outcomes.values()].some(isTaken)) for (const file of refused) await sendOne(file);
  return outcomes;
}

async function together(files: readonly Upload[], sendOne: (file: Upload) => Promise<void>): Promise<void> {
  const queue = files.values();
  const lane = async () => {
    for (const file of queue) await sendOne(file);
  };
  await Promise.all(Array.from({ length: Math.min(files.length, FILES_AT_A_TIME) }, lane));
}
