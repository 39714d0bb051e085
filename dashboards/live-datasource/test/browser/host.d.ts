import type { EditorScene } from '../../../plugin-tools/host/editors.tsx';

declare global {
  interface Window {
    /** The page that stands for Grafana. */
    host: { load(url: string): Promise<void>; edit(scene: EditorScene): void; edited?: Record<string, any> };
  }
}
