// Shows openapi.json in the viewer. Everything that would call another host is off; the server's Content-Security-Policy
// would refuse it anyway.
'use strict'

// The page may stand below a prefix, and so then does the API.
const base = new URL('.', location.href).href.replace(/\/$/, '')

Scalar.createApiReference('#api', {
  url: 'openapi.json',
  servers: [{ url: base, description: 'This server' }],
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  orderSchemaPropertiesBy: 'preserve',
  operationTitleSource: 'summary',
  defaultOpenAllTags: true,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  documentDownloadType: 'json',
})
