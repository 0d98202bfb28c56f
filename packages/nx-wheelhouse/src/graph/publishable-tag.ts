/** The tag of every package that may be published: `nx release` takes its projects by it. */
export const PUBLISHABLE_TAG = 'python-package';
