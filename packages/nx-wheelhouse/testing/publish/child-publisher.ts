/** A publisher as a process. */
import type { IndexAccess } from '../../src/publish/listing.js';
import type { PlannedPackage } from '../../src/publish/plan.js';
import { publishAll } from './publishing.js';

export default async function main({ access, packages }: { access: IndexAccess; packages: PlannedPackage[] }) {
  await publishAll(packages, access);
}
