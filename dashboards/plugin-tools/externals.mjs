/**
 * What Grafana gives to a plugin when it loads it, and what a bundle therefore leaves out: the
 * list of Grafana's own scaffold (create-plugin), without what no plugin here uses.
 */
export const EXTERNALS = [
  'react', 'react-dom', 'lodash', 'moment', 'rxjs', '@emotion/css', '@emotion/react', 'i18next',
  '@grafana/data', '@grafana/runtime', '@grafana/ui',
];
