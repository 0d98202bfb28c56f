/**
 * What `nx release` loads: the module is the class itself, with the hook that Nx looks for as a member of it. A default export beside
 * a named one would do for Nx, but is no module that an ES module can import.
 */
import { afterAllProjectsVersioned, PythonVersionActions } from './python-version-actions.js';

Object.assign(PythonVersionActions, { afterAllProjectsVersioned });

export = PythonVersionActions;
