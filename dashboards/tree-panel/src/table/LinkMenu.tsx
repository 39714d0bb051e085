import * as React from 'react';
import type { LinkModel } from '@grafana/data';
import { ContextMenu, MenuItem } from '@grafana/ui';

/** The links of a row, and where on the screen they are offered. */
export interface OpenLinks {
  links: LinkModel[];
  x: number;
  y: number;
}

/** Offers the links when there are several. */
export function LinkMenu({ links, x, y, onClose }: OpenLinks & { onClose: () => void }) {
  const items = () => links.map(({ title, href, target, onClick }, i) => (
    <MenuItem key={i} role="menuitem" label={title || href} url={onClick ? undefined : href} target={target} onClick={onClick} icon={target === '_blank' ? 'external-link-alt' : 'link'} />
  ));
  return <ContextMenu x={x} y={y} focusOnOpen onClose={onClose} renderMenuItems={items} />;
}
