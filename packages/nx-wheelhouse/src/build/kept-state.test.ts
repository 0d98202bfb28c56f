/** What a process that is used again has put back: python/wheelhouse_host/kept_state.py. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolPrograms } from '../../testing/tools.js';

const FOLDER = join(import.meta.dirname, '..', '..', 'python');
/** `logging` stands for a backend's module: it is one of those that are looked at. */
const PROGRAM = `import collections, functools, logging, os, sys, warnings
sys.path.insert(0, sys.argv[1])
from wheelhouse_host.kept_state import KeptState

class Names(set):
    pass

@functools.lru_cache(maxsize=None)
def memo():
    return []

def by_default(one=[]):
    return one

def around():
    inside = {}
    return lambda: inside

logging.by_default, logging.in_closure = by_default, around()
logging.by_default.__module__ = logging.in_closure.__module__ = "logging"
logging.nested = [{"one": []}]
logging.bound = type("Kept", (), {"__module__": "logging", "take": lambda self: self})().take
logging.ordered = collections.OrderedDict(one=1)
logging.queue = collections.deque([1], maxlen=3)
logging.names = Names(["one"])
state = KeptState()
CHANGE
print(state.restore() and not (SEEN))`;

test.each<[string, string, string]>([
  ['a variable', 'logging.raiseExceptions = 7', 'logging.raiseExceptions == 7'],
  ['a new variable', 'logging.new = 1', 'hasattr(logging, "new")'],
  ['an attribute of a class', 'logging.Logger.info = None', 'logging.Logger.info is None'],
  ['a new attribute of a class', 'logging.Logger.new = 1', 'hasattr(logging.Logger, "new")'],
  ['an attribute of an object', 'logging.root.setLevel(1)', 'logging.root.level == 1'],
  ['an attribute of a function', 'logging.info.new = 1', 'hasattr(logging.info, "new")'],
  ['a list in a dict in a list', 'logging.nested[0]["one"].append(1)', 'logging.nested[0]["one"]'],
  ['an ordered dict', 'logging.ordered["two"] = 2', 'list(logging.ordered) != ["one"]'],
  ['a queue', 'logging.queue.append(2)', 'list(logging.queue) != [1]'],
  [
    'a set of a kind of its own',
    'logging.names.add("two")',
    'logging.names != {"one"} or type(logging.names) is not Names',
  ],
  ['a default', 'by_default().append(1)', 'by_default()'],
  ['what a function has enclosed', 'logging.in_closure()["one"] = 1', 'logging.in_closure()'],
  ['what a method is bound to', 'logging.bound().new = 1', 'hasattr(logging.bound(), "new")'],
  ['a memo', 'memo().append(1)', 'memo()'],
  ['the folders of imports', 'sys.path.append("one")', '"one" in sys.path'],
  ['arguments', 'sys.argv[:] = []', 'not sys.argv'],
  ['filters of warnings', 'warnings.simplefilter("error")', 'warnings.filters[0][0] == "error"'],
  ['a variable of the environment', 'os.environ["ONE"] = "1"', '"ONE" in os.environ'],
])('%s', (_, change, seen) => {
  const program = PROGRAM.replace('CHANGE', change).replace('SEEN', seen);
  const args = ['-I', '-B', '-c', program, FOLDER];
  expect(execFileSync(join(toolPrograms, 'python'), args, { encoding: 'utf8' }).trim()).toBe('True');
});
