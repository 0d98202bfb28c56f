// What was selected and executed, against what had to be: by commit and in sum.

/** @returns the same by `<folder> <target>`, as the oracle names tasks */
export function byFolder(verdicts, projects) {
  return new Map(
    [...verdicts].map(([task, verdict]) => {
      const [, project, target] = /^(.*):(\w+)$/.exec(task);
      return [`${projects.get(project).root} ${target}`, verdict];
    }),
  );
}

/**
 * @param must the oracle's word on one commit
 * @param verdicts by `<folder> <target>`
 */
export function compare(must, verdicts, projects) {
  // A package without tests has no target for them.
  const without = new Set(
    [...projects.values()].filter(({ targets }) => !targets.includes('test')).map(({ root }) => `${root} test`),
  );
  const required = ['build', 'test']
    .flatMap((target) => must[target].map((folder) => `${folder || '.'} ${target}`))
    .filter((task) => !without.has(task));
  const isRequired = new Set(required);
  const executed = [...verdicts].filter(([, verdict]) => verdict === 'executed').map(([task]) => task);
  return {
    required: required.length,
    selected: verdicts.size,
    executed: executed.length,
    under: required
      .filter((task) => verdicts.get(task) !== 'executed')
      .map((task) => `${task} (${verdicts.get(task) ?? 'not selected'})`),
    over: executed.filter((task) => !isRequired.has(task)),
  };
}

export function describe({ required, selected, executed, under, over }) {
  const lists = [
    ['UNDER', under],
    ['over', over],
  ].filter(([, tasks]) => tasks.length > 0);
  return [
    `${required} required, ${selected} selected, ${executed} executed`,
    ...lists.map(
      ([title, tasks]) =>
        `${title} ${tasks.slice(0, 12).join(', ')}${tasks.length > 12 ? ` and ${tasks.length - 12} more` : ''}`,
    ),
  ].join('; ');
}

/** @param rows of all commits */
export function report(source, mode, rows) {
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const busy = rows.filter(({ required }) => required > 0);
  const ratio = busy.reduce((total, { executed, required }) => total + executed / required, 0) / busy.length;
  console.log(`\n${source}, ${mode}, ${rows.length} commits (${busy.length} of them touch a package)`);
  console.log(`required ${sum('required')}, selected ${sum('selected')}, executed ${sum('executed')}`);
  console.log(`under ${rows.flatMap(({ under }) => under).length}, over ${rows.flatMap(({ over }) => over).length}`);
  console.log(`executed / required, mean of the commits: ${ratio.toFixed(3)}`);
}
