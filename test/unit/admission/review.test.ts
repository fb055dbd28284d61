import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { ReviewError, decodeReview, encodeReview } from '../../../src/admission/review.ts';
import { exampleBuild, loadFixture } from '../../helpers/fixtures.ts';

const request = {
  uid: 'u',
  resource: { group: 'build.openshift.io', version: 'v1', resource: 'builds' },
  subResource: 'clone',
  operation: 'CREATE',
  namespace: 'test',
  name: 'api-1',
  dryRun: true,
  namespaceOptedIn: false,
  object: { kind: 'Build' },
  oldObject: null,
  userInfo: { username: 'someone' },
};

function review(changes: JsonObject = {}): JsonObject {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request, ...changes };
}

function deepList(depth: number): unknown {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;
}

describe('decodeReview', () => {
  for (const apiVersion of ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1']) {
    it(`reads ${apiVersion}`, () => {
      const { userInfo, ...read } = request;
      assert.deepEqual(decodeReview(review({ apiVersion })), {
        apiVersion,
        request: { ...read, resource: { group: 'build.openshift.io', resource: 'builds' } },
      });
    });
  }

  it('reads a recorded review', () => {
    const { apiVersion, request: read } = decodeReview(loadFixture('05-CREATE-builds-api-1.json'));
    const { object, ...rest } = read;
    assert.deepEqual(rest, {
      uid: '3253559d-354b-4165-b528-7162c6206f3e',
      resource: { group: 'build.openshift.io', resource: 'builds' },
      subResource: '',
      operation: 'CREATE',
      namespace: 'test',
      name: 'api-1',
      dryRun: false,
      namespaceOptedIn: false,
      oldObject: null,
    });
    assert.equal(apiVersion, 'admission.k8s.io/v1');
    assert.deepEqual((object as { spec: unknown }).spec, exampleBuild()['spec']);
  });

  it('requires only the uid', () => {
    assert.deepEqual(
      decodeReview(review({ request: { uid: 'u', dryRun: 'true', resource: 'builds', name: null } })).request,
      {
        uid: 'u',
        resource: { group: '', resource: '' },
        subResource: '',
        operation: '',
        namespace: '',
        name: '',
        dryRun: false,
        namespaceOptedIn: false,
        object: undefined,
        oldObject: undefined,
      },
    );
  });

  const rows: readonly [title: string, body: unknown, message: string | RegExp][] = [
    ['null', null, 'the body must be an AdmissionReview object'],
    ['a list', [], 'the body must be an AdmissionReview object'],
    ['a text', 'AdmissionReview', 'the body must be an AdmissionReview object'],
    ['an empty object', {}, 'kind must be AdmissionReview; is absent'],
    ['another kind', review({ kind: 'Build' }), 'kind must be AdmissionReview; is "Build"'],
    [
      'a kind of 100 characters',
      review({ kind: 'K'.repeat(100) }),
      `kind must be AdmissionReview; is "${'K'.repeat(56)}...`,
    ],
    [
      'another version',
      review({ apiVersion: 'admission.k8s.io/v2' }),
      'apiVersion must be one of admission.k8s.io/v1, admission.k8s.io/v1beta1; is "admission.k8s.io/v2"',
    ],
    [
      'no version',
      review({ apiVersion: undefined }),
      'apiVersion must be one of admission.k8s.io/v1, admission.k8s.io/v1beta1; is absent',
    ],
    ['no request', review({ request: undefined }), 'request must be an object'],
    ['a request that is a list', review({ request: [] }), 'request must be an object'],
    ['a kind that is a deep list', review({ kind: deepList(100_000) }), 'kind must be AdmissionReview; is a list'],
    ['no uid', review({ request: {} }), 'request.uid must be well-formed; is ""'],
    ...(
      [
        ['uid', ['', 1, 'a b', 'ü', 'u'.repeat(129), 'u'.repeat(3_000_000)]],
        ['namespace', [['test'], '..', 'a/b', 'Test', '-a', 'n'.repeat(64)]],
        ['name', [1, '.', '..', 'a/b', 'a%2fb', 'a\nb', '\u202e', 'n'.repeat(254)]],
        ['operation', [{}, 'CREATE;', 'C'.repeat(17)]],
        ['subResource', [1, 'a b', 's'.repeat(254)]],
      ] as const
    ).flatMap(([field, values]) =>
      values.map((value): [string, unknown, RegExp] => [
        `${field} ${JSON.stringify(value).slice(0, 20)}`,
        review({ request: { ...request, [field]: value } }),
        new RegExp(`^request.${field} must be well-formed; is .{1,60}$`),
      ]),
    ),
    [
      'a resource that is a path',
      review({ request: { ...request, resource: { group: 'build.openshift.io', resource: '../pods' } } }),
      'request.resource.resource must be well-formed; is "../pods"',
    ],
  ];
  for (const [title, body, message] of rows) {
    it(`rejects ${title}`, () => {
      assert.throws(
        () => decodeReview(body),
        (error) => {
          assert.ok(error instanceof ReviewError);
          assert.equal(error.code, 'not_a_review');
          if (typeof message === 'string') assert.equal(error.message, message);
          else assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});

describe('encodeReview', () => {
  for (const apiVersion of ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'] as const) {
    it(`answers in ${apiVersion} without empty fields`, () => {
      assert.deepEqual(JSON.parse(encodeReview(apiVersion, { uid: 'u', patch: [], warnings: [] })), {
        apiVersion,
        kind: 'AdmissionReview',
        response: { uid: 'u', allowed: true },
      });
    });
  }

  it('contains the patch in base64 and the warnings', () => {
    const patch = [{ op: 'add', path: '/metadata/annotations/ä', value: '€' }];
    assert.deepEqual(JSON.parse(encodeReview('admission.k8s.io/v1', { uid: 'u', patch, warnings: ['a', 'b'] })), {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: {
        uid: 'u',
        allowed: true,
        patchType: 'JSONPatch',
        patch: 'W3sib3AiOiJhZGQiLCJwYXRoIjoiL21ldGFkYXRhL2Fubm90YXRpb25zL8OkIiwidmFsdWUiOiLigqwifV0=',
        warnings: ['a', 'b'],
      },
    });
  });

  it('is JSON with any uid and warnings', () => {
    const [uid, warnings] = ['"\\\u2028\n', ['say "no"\t', '\ud800']];
    assert.deepEqual(JSON.parse(encodeReview('admission.k8s.io/v1', { uid, patch: [], warnings })), {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid, allowed: true, warnings },
    });
  });
});
