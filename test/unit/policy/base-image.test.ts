import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isOtherBase, recordedBase } from '../../../src/policy/base-image.ts';

describe('recordedBase', () => {
  const rows: readonly (readonly [base: string, digest: string | undefined, recorded: string])[] = [
    ['DockerImage/python:3.12', undefined, 'DockerImage/python:3.12'],
    ['DockerImage/python:3.12', 'sha256:a', 'DockerImage/python:3.12@sha256:a'],
    ['DockerImage/python', 'sha256:a', 'DockerImage/python:latest@sha256:a'],
    ['DockerImage/localhost:5000/python', 'sha256:a', 'DockerImage/localhost:5000/python:latest@sha256:a'],
    ['', undefined, ''],
  ];
  for (const [base, digest, recorded] of rows) {
    it(`of ${base || 'no base'} with ${digest ?? 'no digest'}`, () =>
      assert.equal(recordedBase(base, digest), recorded));
  }
});

describe('isOtherBase', () => {
  const python = 'DockerImage/python:3.12';
  const rows: readonly (readonly [recorded: string, base: string, digest: string | undefined, isOther: boolean])[] = [
    [python, 'DockerImage/python:3.13', undefined, true],
    [python, 'DockerImage/python:3.13', 'sha256:a', true],
    [`${python}@sha256:a`, 'DockerImage/python:3.13', undefined, true],
    [`${python}@sha256:a`, 'DockerImage/python:3.13', 'sha256:a', true],
    [python, python, undefined, false],
    [python, python, 'sha256:a', false],
    [`${python}@sha256:a`, python, undefined, false],
    [`${python}@sha256:a`, python, 'sha256:a', false],
    [`${python}@sha256:a`, python, 'sha256:b', true],
    ['DockerImage/python:latest@sha256:a', 'DockerImage/python', undefined, false],
    ['DockerImage/python:latest@sha256:a', 'DockerImage/python', 'sha256:b', true],
    // Recorded by digest, and without a tag now.
    ['DockerImage/python@sha256:a', 'DockerImage/python', undefined, true],
    ['DockerImage/python@sha256:a', 'DockerImage/python@sha256:a', undefined, false],
    ['DockerImage/python@sha256:a', 'DockerImage/python@sha256:b', undefined, true],
    [python, '', undefined, true],
    ['', '', undefined, false],
  ];
  for (const [recorded, base, digest, isOther] of rows) {
    it(`is ${isOther} from ${recorded || 'nothing'} to ${base || 'nothing'} with ${digest ?? 'no digest'}`, () => {
      assert.equal(isOtherBase(recorded, base, digest), isOther);
    });
  }
});
