import type { JsonObject } from '../openshift/json.ts';
import type { AdmissionResult, DemoCluster } from './demo-cluster.ts';

/** Describes what a developer does, its effect on the cluster, and what to note. */
export interface Step {
  readonly title: string;
  readonly command: string;
  readonly run: (cluster: DemoCluster) => Promise<AdmissionResult>;
  /** One or more lines. */
  readonly remark: string;
}

const digests = {
  base: `sha256:${'cae66217'.padEnd(64, '2fd450bb0cd710a769079c05bfc5d8e3')}`,
  first: `sha256:${'1f3a90c4'.padEnd(64, '7be2d85a06f1c94e3b27d80a5c6e19f4')}`,
  second: `sha256:${'8d52e7b6'.padEnd(64, '04ac9f1e6d3b7258c0e4a91f83b5d62c')}`,
} as const;

const baseImage = `image-registry.openshift-image-registry.svc:5000/openshift/python@${digests.base}`;

/** Configures the demo's webhook. */
export const demoConfig = `assemble:
  baseUrl: http://s2i-incremental-webhook-scripts.s2i-incremental.svc:8081/s2i
  profiles:
    python:
      match: python
      env: {PIP_INDEX_URL: "https://pypi.example.com/simple", PIP_TRUSTED_HOST: pypi.example.com}
`;

/** A BuildConfig that has not opted in. */
export const shop: JsonObject = {
  apiVersion: 'build.openshift.io/v1',
  kind: 'BuildConfig',
  metadata: { name: 'shop', namespace: 'web', uid: 'uid-of-shop', labels: { app: 'shop' } },
  spec: {
    runPolicy: 'Serial',
    source: { type: 'Git', git: { uri: 'https://git.example.com/web/shop.git' } },
    strategy: {
      type: 'Source',
      sourceStrategy: { from: { kind: 'ImageStreamTag', namespace: 'openshift', name: 'python:3.12' } },
    },
    output: { to: { kind: 'DockerImage', name: 'harbor.example.com/web/shop:1.0' }, pushSecret: { name: 'harbor' } },
  },
  status: { lastVersion: 0 },
};

const enabled = 's2i-incremental.io/enabled';

/** Tells the story: opting in, three builds, a clean build, a clone, and opting out. */
export const story: readonly Step[] = [
  {
    title: 'A developer opts in',
    command: 'oc label bc/shop s2i-incremental.io/enabled=true',
    run: (cluster) => cluster.label('shop', enabled, 'true'),
    remark: 'That is all a developer does. Its base image, triggers and output are unmodified.',
  },
  {
    title: 'The first build',
    command: 'oc start-build shop',
    run: (cluster) => cluster.startBuild('shop', baseImage),
    remark: [
      'The base image is unmodified. The new image gets a tag of its own, and pip the index of the company.',
      "incremental: false switches OpenShift's own mechanism (save-artifacts) off. Incremental builds do not need it.",
    ].join('\n'),
  },
  {
    title: 'The first build is complete; a second one',
    command: 'oc start-build shop',
    run: (cluster) => {
      cluster.complete('shop-1', digests.first);
      return cluster.startBuild('shop', baseImage);
    },
    remark:
      'It starts from the image of shop-1, where the packages are installed. The assemble wrapper ' +
      'removes the old source.',
  },
  {
    title: 'The second build is complete; a third one',
    command: 'oc start-build shop',
    run: (cluster) => {
      cluster.complete('shop-2', digests.second);
      return cluster.startBuild('shop', baseImage);
    },
    remark: 'It continues from the newest complete Build, which is now shop-2.',
  },
  {
    title: 'Someone wants a clean build',
    command: 'oc start-build shop --incremental=false',
    run: (cluster) => cluster.startBuild('shop', baseImage, false),
    remark: "The webhook respects OpenShift's own flag: the base image is unmodified. The tag is still new.",
  },
  {
    title: 'An old build is repeated',
    command: 'oc start-build --from-build=shop-2',
    run: (cluster) => cluster.cloneBuild('shop-2'),
    remark: [
      'OpenShift copies shop-2 with its tag, and a push would overwrite that image. So the copy gets a tag of its own.',
      'shop-3 and shop-4 are not complete yet: shop-2 still has the newest image.',
    ].join('\n'),
  },
  {
    title: 'The developer opts out',
    command: `oc label bc/shop ${enabled}-`,
    run: (cluster) => cluster.label('shop', enabled, undefined),
    remark: 'Its spec is the same as before step 1, byte for byte.',
  },
];
