/** The engine page: paints for the panel, in a webview of its own. */
import { connectToPanel, type PanelConnection } from '../bridge/connection.ts'
import { makeEngine } from './engine.ts'
import { watchTimers } from './examine.ts'
import { redirectConsole } from './log.ts'
import { hostPort } from './port.ts'
import { makeView } from './view.ts'

const connection: PanelConnection = connectToPanel(
  hostPort,
  makeEngine({
    panel: {
      emit: (name, data) => connection.emit(name, data),
      request: (name, params, options) => connection.request(name, params, options),
    },
    view: makeView(),
  }),
)

redirectConsole((entry) => connection.emit('log', entry))
watchTimers()
