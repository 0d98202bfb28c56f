/** A fresh embedded index and folder for each test of a file, and an index in front of it that misbehaves. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type RunningIndex, startLocalIndex } from '../../src/local-index/server.js';
import type { IndexAccess } from '../../src/publish/listing.js';
import { type FaultServer, startFaultServer } from './fault-server.js';
import { accessTo } from './publishing.js';
import { temporaryFolder } from './tools.js';

type Faults = Parameters<typeof startFaultServer> extends [unknown, ...infer Rest] ? Rest : never;

export class IndexUnderTest {
  folder = '';
  index!: RunningIndex;
  /** closed after the test */
  readonly open: { close(): unknown }[] = [];

  constructor() {
    beforeEach(async () => {
      this.folder = temporaryFolder();
      this.index = await startLocalIndex(join(this.folder, 'index'));
      this.open.push(this.index);
    });
    afterEach(async () => {
      for (const one of this.open.splice(0)) await one.close();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** As the workspace's own index. */
  local(): IndexAccess {
    const { uploadUrl, simpleUrl } = this.index;
    return accessTo({ uploadUrl, listingUrl: simpleUrl }, '__token__', this.index.token(), 'local');
  }

  async faulty(...faults: Faults): Promise<FaultServer> {
    const server = await startFaultServer(this.index, ...faults);
    this.open.push(server);
    return server;
  }

  throughFaults(server: FaultServer): IndexAccess {
    return accessTo(server, '__token__', this.index.token());
  }
}
