import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ProblemError } from './api/request.ts'
import { App } from './app.tsx'
import { applyTheme, readTheme } from './theme.tsx'
import './style/base.css'
import './style/layout.css'
import './style/cards.css'
import './style/buttons.css'
import './style/fields.css'
import './style/marks.css'

applyTheme(readTheme())

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error) {
      if (error instanceof ProblemError && error.status === 401) client.setQueryData(['needs-token'], true)
    },
  }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => !(error instanceof ProblemError) && failures < 1,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  )
}
