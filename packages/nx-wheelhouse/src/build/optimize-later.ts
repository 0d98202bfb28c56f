/**
 * How soon V8 optimises functions. A run of builds is over in seconds, and V8's compiler takes the processors away from the hooks beside
 * it: a tenth of all processor time of 200 small packages, for code that is hardly run again.
 */
import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode that a function runs before it is optimised; V8's own are 66 to 144 kB, by version. What runs for long gets there all the same. */
const BUDGET = 1 << 20;

/** For the whole process, from now on. */
export function optimizeLater(): void {
  setFlagsFromString(`--interrupt-budget=${BUDGET}`);
}
