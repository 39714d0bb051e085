import { Collapse, Field, Input, SecretInput, SecretTextArea, Switch } from '@grafana/ui';
import * as React from 'react';
import type { LiveSecrets, Server } from '../types.ts';
import type { SectionProps } from './ConfigEditor.tsx';
import { withOption, withSecret, withoutSecret } from './fields.ts';

interface Props extends SectionProps {
  server: Server;
  title: string;
}

const WIDTH = 60;

/** A token, or a user with a password, and the certificates. Secrets never come back to a browser. */
export function SignInSection({ settings, onChange, server, title }: Props) {
  const [open, setOpen] = React.useState(server === 'exporter');
  const { jsonData } = settings;
  const skips = Boolean(jsonData[`${server}SkipVerify`]);
  return (
    <Collapse label={title} isOpen={open} onToggle={() => setOpen(!open)}>
      <Field label="Token" description="Sent as a bearer token.">
        <SecretInput width={WIDTH} {...secret(settings, onChange, `${server}Token`)} onChange={(event) => onChange(withSecret(settings, `${server}Token`, event.currentTarget.value))} />
      </Field>
      <Field label="User" description="For basic authentication, in place of a token.">
        <Input id={`${server}-user`} width={WIDTH} value={jsonData[`${server}User`] ?? ''} onChange={(event) => onChange(withOption(settings, `${server}User`, event.currentTarget.value))} />
      </Field>
      <Field label="Password">
        <SecretInput width={WIDTH} {...secret(settings, onChange, `${server}Password`)} onChange={(event) => onChange(withSecret(settings, `${server}Password`, event.currentTarget.value))} />
      </Field>
      {PEMS.map(({ name, label, description }) => (
        <Field key={name} label={label} description={description}>
          <SecretTextArea
            cols={WIDTH}
            rows={4}
            placeholder={`-----BEGIN ${name === 'Key' ? 'PRIVATE KEY' : 'CERTIFICATE'}-----`}
            {...secret(settings, onChange, `${server}${name}`)}
            onChange={(event) => onChange(withSecret(settings, `${server}${name}`, event.currentTarget.value))}
          />
        </Field>
      ))}
      <Field label="Name in the certificate" description="Where it is not the host’s name.">
        <Input id={`${server}-server-name`} width={WIDTH} value={jsonData[`${server}ServerName`] ?? ''} onChange={(event) => onChange(withOption(settings, `${server}ServerName`, event.currentTarget.value))} />
      </Field>
      <Field label="Do not verify the certificate" description="Anybody in between can then read the credentials." invalid={skips} error="The certificate is not verified.">
        <Switch value={skips} onChange={(event) => onChange(withOption(settings, `${server}SkipVerify`, event.currentTarget.checked || undefined))} />
      </Field>
    </Collapse>
  );
}

const PEMS = [
  { name: 'Ca', label: 'Authority', description: 'The certificate (PEM) that vouches for the server’s, where the system does not know it.' },
  { name: 'Cert', label: 'Client certificate', description: 'Where the server asks for one (PEM).' },
  { name: 'Key', label: 'Client key', description: undefined },
] as const;

/** What the inputs of a secret have in common. */
function secret(settings: Props['settings'], onChange: Props['onChange'], name: keyof LiveSecrets) {
  return {
    id: name,
    isConfigured: Boolean(settings.secureJsonFields?.[name]),
    value: settings.secureJsonData?.[name] ?? '',
    onReset: () => onChange(withoutSecret(settings, name)),
  };
}
