/** The last graph, which is this one too where nothing has changed that it was made from. What reads manifests and sources is not even loaded then. */
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { CreateNodesResultArray } from '@nx/devkit';
import { isSure, stampOf } from '../stamps.js';
import { isCode } from '../workspace/code-files.js';
import type { WorkspaceFiles } from '../workspace/files.js';
import { KeptFile } from '../workspace/kept/kept-file.js';
import { isIn, realPath } from '../workspace/links.js';
import type { Presence, Seen } from '../workspace/presence.js';
import type { WorkspaceWarning } from '../workspace/workspace.js';
import type { PackageEdges } from './create-dependencies.js';
import type { PluginOptions } from './options.js';

/** All that Nx gets of a workspace: plain data. */
export interface Graph {
  readonly nodes: CreateNodesResultArray;
  readonly edges: readonly PackageEdges[];
  /** told with every graph, made or kept */
  readonly warnings: readonly WorkspaceWarning[];
}

/** What Nx asks for. */
export interface GraphRequest {
  /** relative to the workspace root, in Nx's order */
  readonly manifestFiles: readonly string[];
  readonly options: PluginOptions | undefined;
}

/** A graph and what it was made from. */
interface Kept {
  readonly request: string;
  /** of the list of files as git gave it; `undefined` without git */
  readonly list: string | undefined;
  /** of all in that list that counts */
  readonly contents: string;
  readonly seen: Seen;
  /** as JSON, which is read faster than anything else */
  readonly graph: string;
}

/** The graph of one workspace as the last process has left it. */
export class KeptGraph {
  readonly #file: KeptFile<Kept>;
  readonly #started = Date.now();
  #list: Contents | undefined;
  #contents: Contents | undefined;

  /**
   * @param root of the workspace, absolute
   * @param cacheFolder absolute; `undefined`: nothing is kept
   */
  constructor(
    private readonly root: string,
    cacheFolder: string | undefined,
  ) {
    this.#file = new KeptFile(cacheFolder, 'graph');
  }

  /**
   * @param request `undefined`: the same as the last time, whatever it was
   * @param listing the files of the workspace, which may still be on their way
   * @param presence of the files as they are now
   * @returns `undefined` where there is none, or something is not as it was
   */
  async read(
    request: GraphRequest | undefined,
    listing: Promise<WorkspaceFiles>,
    presence: Presence,
  ): Promise<Graph | undefined> {
    const kept = this.#file.read();
    if (kept === undefined || (request !== undefined && kept.request !== this.#nameOf(request))) return undefined;
    if (!presence.isAs(kept.seen)) return undefined;
    const graph = JSON.parse(kept.graph) as Graph; // before it is known to be right: git is still at work
    const files = await listing;
    this.#list = listOf(this.root, files);
    if (this.#list === undefined || this.#list.digest !== kept.list) {
      this.#contents = contentsOf(this.root, files);
      if (this.#contents.digest !== kept.contents) return undefined;
    }
    return graph;
  }

  /** Leaves a graph for the next process, unless it was made from files that had just changed and may do so again unseen. */
  keep(graph: Graph, request: GraphRequest, files: WorkspaceFiles, presence: Presence): void {
    const list = this.#list ?? listOf(this.root, files);
    const contents = this.#contents ?? contentsOf(this.root, files);
    const sureFrom = Math.max(contents.sureFrom, list?.sureFrom ?? 0, presence.sureFrom);
    if (!isSure(sureFrom, this.#started)) return;
    this.#file.write({
      request: this.#nameOf(request),
      list: list?.digest,
      contents: contents.digest,
      seen: presence.seen(),
      graph: JSON.stringify(graph),
    });
  }

  /** With where workspace and plugin lie, which stands in the graph, and which build of the plugin this is. */
  #nameOf({ manifestFiles, options }: GraphRequest): string {
    const plugin = dirname(__dirname);
    return JSON.stringify([this.root, plugin, stampOf(plugin).stamp, process.version, options ?? {}, manifestFiles]);
  }
}

/** Files, by what of them a graph goes by. */
interface Contents {
  readonly digest: string;
  /** since when the stamps in it can be relied on */
  readonly sureFrom: number;
}

/** The same list from git, of the same contents: then there is no need to read it. A list may be another one though nothing counts in it. */
function listOf(root: string, { summary }: WorkspaceFiles): Contents | undefined {
  if (summary === undefined) return undefined;
  const { digest, sureFrom } = contentsOf(root, summary.open);
  return { digest: `${summary.digest} ${digest}`, sureFrom };
}

/**
 * The list of all files, with which are executable and the contents of code: by git's name for it, or by its stamp where git has another one or none. Where links lead
 * counts too, through others. What lies behind one that leads out of the workspace may change unseen.
 */
function contentsOf(root: string, { paths, symlinks, blobs, executables, repositories }: WorkspaceFiles): Contents {
  let sureFrom = 0;
  const contentOf = (path: string) => {
    const { stamp, sureFrom: since } = stampOf(join(root, path));
    sureFrom = Math.max(sureFrom, since);
    return stamp;
  };
  const targetOf = (link: string) => {
    const target = realPath(join(root, link));
    if (target !== undefined && !isIn(realRoot, target)) sureFrom = Number.POSITIVE_INFINITY;
    return target ?? '';
  };
  const realRoot = realPath(root) ?? root;
  const lines = paths.map((path) => {
    const link = symlinks.has(path) ? targetOf(path) : '';
    const content = isCode(path) ? (blobs.get(path) ?? contentOf(path)) : '';
    return `${path}\0${link}\0${content}${executables.has(path) ? '\0executable' : ''}`;
  });
  return {
    digest: createHash('sha1')
      .update([...lines, ...repositories].join('\0\0'))
      .digest('hex'),
    sureFrom,
  };
}
