/** How the arguments of a call reach the parameters of a function. */
import type { CallArguments } from './runtime.js';
import { dict, list, type PyFunction, type Scope } from './values.js';

/** Binds arguments to parameters as a call does. @returns whether they fit */
export function bindParameters(
  { parameters, defaults }: PyFunction,
  { positional, named }: CallArguments,
  scope: Scope,
): boolean {
  const starred = parameters.findIndex(({ spread }) => spread === '*');
  const rest = parameters.find(({ spread }) => spread === '**');
  const byPosition = parameters
    .slice(0, starred < 0 ? parameters.length : starred)
    .filter(({ spread }) => spread === '');
  const unused = new Map(named);
  for (const [index, { name, spread }] of parameters.entries()) {
    if (spread !== '') continue;
    const isPositional = index < byPosition.length && index < positional.length;
    const value = isPositional ? positional[index] : (unused.get(name) ?? defaults.get(name));
    if (value === undefined || (isPositional && unused.has(name))) return false;
    unused.delete(name);
    scope.names.set(name, value);
  }
  const others = positional.slice(byPosition.length);
  if (starred >= 0) scope.names.set(parameters[starred]?.name ?? '', list(others, 'tuple'));
  if (rest !== undefined) scope.names.set(rest.name, dict(unused));
  return (starred >= 0 || others.length === 0) && (rest !== undefined || unused.size === 0);
}
