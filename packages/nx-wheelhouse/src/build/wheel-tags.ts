/** Whether the tags of a wheel say the truth: who installs a wheel goes by nothing else. */
import { parseWheelFilename } from '@nx-wheelhouse/python-packaging';

/** A wheel as far as its tags are looked at. */
interface TaggedWheel {
  readonly filename: string;
  /** paths in the wheel */
  readonly files: readonly string[];
  /** the tags that the file WHEEL lists */
  readonly tags: readonly string[];
}

/** An extension module that says in its name which interpreters it is for. @see PEP 3149, PEP 384 */
const FOR_ONE_VERSION = /\.(?:cpython-\d+|pypy\d+)[^/]*\.so$|\.(?:cp|pp)\d+[^/]*\.pyd$/;
const FOR_STABLE_ABI = /\.abi3\.so$/;

/**
 * @param mayBeCompiled whether a wheel for one platform is expected, and the cache keeps it apart
 * @returns one sentence per problem, with what to do about it
 * @see Platform compatibility tags; Binary distribution format, "File contents"
 */
export function tagProblems({ filename, files, tags }: TaggedWheel, mayBeCompiled: boolean): readonly string[] {
  const { abiTags, platformTags } = parseWheelFilename(filename);
  const named = expanded(filename.slice(0, -'.whl'.length).split('-').slice(-3).join('-'));
  const isForAll = platformTags.includes('any');
  const compiled = files.find((file) => FOR_ONE_VERSION.test(file) || FOR_STABLE_ABI.test(file));
  const forOne = files.find((file) => FOR_ONE_VERSION.test(file));
  const problems: string[] = [];
  if (named.join() !== [...new Set(tags.flatMap(expanded))].sort().join()) {
    problems.push(
      `WHEEL lists the tags ${tags.join(', ') || 'none'}, not those of its name: this is a fault of the build backend`,
    );
  }
  if (isForAll && compiled !== undefined) {
    problems.push(
      `it promises to run everywhere, and ${compiled} is compiled: have the backend compile it when it builds, and keep it out of the sources`,
    );
  }
  if (abiTags.includes('abi3') && forOne !== undefined) {
    problems.push(
      `it promises the stable ABI, and ${forOne} is for one version of Python: compile it with py_limited_api=True, or leave out the tag`,
    );
  }
  if (!isForAll && !mayBeCompiled) {
    problems.push(
      `it fits ${platformTags.join(', ')} only, which the manifest does not show: write \`compiled = true\` into [tool.nx-wheelhouse] of pyproject.toml, so that other platforms do not get it from the cache`,
    );
  }
  return problems;
}

/** Each tag of a compressed set, sorted; poetry-core compresses also where every tag is to have a line. @see PEP 425, "Compressed Tag Sets" */
function expanded(set: string): readonly string[] {
  const [pythons = [], abis = [], platforms = []] = set.split('-').map((tags) => tags.split('.'));
  const tags = pythons.flatMap((python) => abis.flatMap((abi) => platforms.map((one) => `${python}-${abi}-${one}`)));
  return tags.sort();
}
