/** The PyPA packaging standards in TypeScript. Everything a program outside may use is listed here. */
export * from './dists/core-metadata.js';
export * from './dists/filenames.js';
export * from './dists/sdist.js';
export * from './dists/unsafe-archive.js';
export * from './dists/wheel.js';
export * from './locks/closure.js';
export * from './locks/lock.js';
export * from './locks/uv-lock.js';
export * from './manifests/manifest.js';
export * from './manifests/read.js';
export * from './names/name.js';
export * from './requirements/markers.js';
export * from './requirements/requirement.js';
export * from './toml/edit.js';
export * from './toml/read.js';
export * from './versions/specifiers.js';
export * from './versions/version.js';
