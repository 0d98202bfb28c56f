/** Writes conda packages as files: `.conda`, and `.tar.bz2` for clients from before 2019. The same package gives the same bytes. */
import { type CondaPackage, condaFileStem } from '@nx-wheelhouse/python-packaging';
import { Header, Pax } from 'tar';
import { storedZip } from './stored-zip.js';
import { zstd } from './zstd.js';

/** What a file of a tar archive is made of. */
interface Member {
  readonly path: string;
  readonly content: Buffer;
  readonly isExecutable: boolean;
}

const BLOCK = 512;

/**
 * The package in its modern form: a zip of two archives, so that clients read the metadata alone.
 * @see conda-package-handling documentation, ".conda file format"
 */
export async function condaArchive(pkg: CondaPackage): Promise<Buffer> {
  const stem = condaFileStem(pkg);
  const packed = (members: readonly Member[]) => zstd(tarArchive(members, pkg.modified));
  return storedZip(
    [
      { name: 'metadata.json', content: Buffer.from('{"conda_pkg_format_version": 2}') },
      { name: `pkg-${stem}.tar.zst`, content: await packed(pkg.files) },
      { name: `info-${stem}.tar.zst`, content: await packed(infoMembers(pkg)) },
    ],
    pkg.modified,
  );
}

/** The package as one tar archive: what `.tar.bz2` compresses, the metadata first. */
export function wholeTar(pkg: CondaPackage): Buffer {
  return tarArchive([...infoMembers(pkg), ...pkg.files], pkg.modified);
}

function infoMembers({ info }: CondaPackage): Member[] {
  return [...info].map(([path, content]) => ({ path: `info/${path}`, content, isExecutable: false }));
}

/** Regular files only, of nobody, all of one time. */
function tarArchive(members: readonly Member[], modified: number): Buffer {
  const mtime = new Date(modified * 1000);
  const blocks = members.flatMap(({ path, content, isExecutable }) => {
    const file = { path, mode: isExecutable ? 0o755 : 0o644, uid: 0, gid: 0, size: content.length, mtime };
    const header = new Header({ ...file, type: 'File' });
    header.encode();
    // What the old header cannot hold, a long path say, goes before it.
    const extended = header.needPax ? [new Pax({ path, size: content.length }).encode()] : [];
    return [...extended, header.block as Buffer, content, padding(content.length)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
