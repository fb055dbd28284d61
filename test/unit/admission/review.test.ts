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
  object: { kind: 'Build' },
  oldObject: null,
  userInfo: { username: 'someone' },
};

function review(changes: JsonObject = {}): JsonObject {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request, ...changes };
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
      oldObject: null,
    });
    assert.equal(apiVersion, 'admission.k8s.io/v1');
    assert.deepEqual((object as { spec: unknown }).spec, exampleBuild()['spec']);
  });

  it('asks for nothing but the uid', () => {
    assert.deepEqual(
      decodeReview(review({ request: { uid: 'u', dryRun: 'true', resource: 'builds', name: 1 } })).request,
      {
        uid: 'u',
        resource: { group: '', resource: '' },
        subResource: '',
        operation: '',
        namespace: '',
        name: '',
        dryRun: false,
        object: undefined,
        oldObject: undefined,
      },
    );
  });

  const rows: readonly [title: string, body: unknown, message: string][] = [
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
    ['no uid', review({ request: {} }), 'request.uid must be a text that is not empty'],
    ['an empty uid', review({ request: { uid: '' } }), 'request.uid must be a text that is not empty'],
    ['a uid that is a number', review({ request: { uid: 1 } }), 'request.uid must be a text that is not empty'],
  ];
  for (const [title, body, message] of rows) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => decodeReview(body),
        (error) => {
          assert.ok(error instanceof ReviewError);
          assert.deepEqual([error.code, error.message], ['not_a_review', message]);
          return true;
        },
      );
    });
  }
});

describe('encodeReview', () => {
  for (const apiVersion of ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'] as const) {
    it(`answers in ${apiVersion}, with nothing but what there is to say`, () => {
      assert.deepEqual(JSON.parse(encodeReview(apiVersion, { uid: 'u', patch: [], warnings: [] })), {
        apiVersion,
        kind: 'AdmissionReview',
        response: { uid: 'u', allowed: true },
      });
    });
  }

  it('has the patch in base64 and the warnings', () => {
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

  it('is JSON whatever the uid and the warnings say', () => {
    const [uid, warnings] = ['"\\\u2028\n', ['say "no"\t', '\ud800']];
    assert.deepEqual(JSON.parse(encodeReview('admission.k8s.io/v1', { uid, patch: [], warnings })), {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid, allowed: true, warnings },
    });
  });
});
