/** What the generator changes in a list of pins that people keep too, and what it leaves. */
import { describe, expect, test } from 'vitest';
import { restateInFile, restateInUvList } from './restate-pins.js';

const PINS = ['hatchling==1.27.0', 'pathspec==1.1.1', 'setuptools==80.9.0'];

describe('new pins', () => {
  test('take the places of the old ones in a file, and leave bounds, comments and options', () => {
    const text =
      '# ours\n--only-binary :all:\nsetuptools<81 # 81 breaks us\nhatchling==1.26.0 \\\n    --hash=sha256:00\ngone==1\nnumpy==2.*\n';
    expect(restateInFile(text, '# header', PINS)).toBe(
      `# ours\n--only-binary :all:\nsetuptools<81 # 81 breaks us\nnumpy==2.*\n${PINS.join('\n')}\n`,
    );
    expect(restateInFile('', '# header', PINS)).toBe(`# header\n${PINS.join('\n')}\n`);
  });

  test('take the places of the old ones in uv’s list, in its layout', () => {
    const text = `[tool.uv]
build-constraint-dependencies = [
    "setuptools<81", # 81 breaks us
    "gone==1",
    "hatchling==1.26.0", # by hand
]
`;
    expect(restateInUvList(text, PINS)).toBe(`[tool.uv]
build-constraint-dependencies = [
    "setuptools<81", # 81 breaks us
    "hatchling==1.27.0", # by hand
    "pathspec==1.1.1",
    "setuptools==80.9.0",
]
`);
  });
});
