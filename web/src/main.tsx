import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { CALLER_QUERY } from './api/polls.ts'
import { ProblemError } from './api/request.ts'
import { runsQuery } from './api/runs.ts'
import { App } from './app.tsx'
import { filterIn } from './runs/run-filter.ts'
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

// Asked for before anything is drawn: the answers come while it is.
void client.prefetchQuery(CALLER_QUERY)
if (location.pathname === '/') void client.prefetchInfiniteQuery(runsQuery(filterIn(location.search)))

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
