// Property tests take the same cases in each run, so that a failure is of the change at hand. FAST_CHECK_SEED=random looks for new ones.
import fc from 'fast-check';

const { FAST_CHECK_SEED: seed = '1' } = process.env;
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
