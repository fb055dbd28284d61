import * as z from 'zod';
import { isNamespaceName, isObjectName } from '../openshift/metadata.ts';
import { duration, section, string } from './schema-parts.ts';

/** The Secret in which all replicas keep their certificates; undefined: they are in a folder. */
const secret = string.transform((text, context) => {
  if (text === '') return undefined;
  const [namespace = '', name = '', ...rest] = text.split('/');
  if (rest.length === 0 && isNamespaceName(namespace) && isObjectName(name)) return { namespace, name };
  context.addIssue(`must be the namespace and the name of a Secret, NAMESPACE/NAME; is ${JSON.stringify(text)}`);
  return z.NEVER;
});

// The name of a MutatingWebhookConfiguration follows the rule for names of Secrets.
const webhookConfiguration = string.refine((text) => text === '' || isObjectName(text), {
  error: 'must be the name of a MutatingWebhookConfiguration (lower-case letters, digits, "-" and ".")',
  // The rule below, which compares it with `secret`, is skipped, so that one mistake is reported once.
  abort: true,
});

/** Configures where the webhook keeps the certificate that it creates, and how long it is valid. */
export const certificateSchema = section({
  secret: secret
    .prefault('')
    .describe(
      '`NAMESPACE/NAME` of the Secret with CA and certificate, which replicas create and share; empty: `--cert-dir`',
    ),
  webhookConfiguration: webhookConfiguration
    .default('')
    .describe('MutatingWebhookConfiguration whose `caBundle` is kept up to date; required with `certificate.secret`'),
  // 90 days, like public CAs: renewed after 60 days, so writes to the API server may fail for a month. At least 5 s,
  // because X.509 has whole seconds and one must remain between renewal and expiry.
  life: duration('5s').prefault('2160h').describe('validity of a certificate; it is renewed after two thirds of it'),
  // Two years: a next CA is in the bundle for four months before it signs, so every replica notices it.
  authorityLife: duration('10s')
    .prefault('17520h')
    .describe('validity of its CA, at least twice that; [renewal](operate.md#certificates)'),
}).superRefine(({ secret, webhookConfiguration, life, authorityLife }, context) => {
  if (secret !== undefined && webhookConfiguration === '') {
    context.addIssue({
      code: 'custom',
      path: ['webhookConfiguration'],
      message: 'must name the MutatingWebhookConfiguration whose caBundle follows certificate.secret',
    });
  }
  if (secret === undefined && webhookConfiguration !== '') {
    context.addIssue({
      code: 'custom',
      path: ['secret'],
      message: 'must name the Secret that keeps the certificates for certificate.webhookConfiguration',
    });
  }
  if (life > authorityLife / 2) {
    context.addIssue({ code: 'custom', path: ['life'], message: 'must be at most half of certificate.authorityLife' });
  }
});
