-- A session of Neovim with nvim-dap, without a screen: opens a core, and prints what the editor shows.
-- Started by nvim-dap.test.ts, which gives the command, the files and the configuration of docs/editors.md in the environment.

local dap, widgets = require('dap'), require('dap.ui.widgets')
local api, env = vim.api, vim.env

local function say(...)
  io.stdout:write(string.format(...), '\n')
end

local function leave()
  io.stdout:flush()
  vim.cmd('qall!')
end

local notes = {}
vim.notify = function(message)
  -- The sources of the runtime may not be on this machine.
  if not message:find('reported a frame at line') then table.insert(notes, message) end
end
-- Nobody answers questions.
local answers = { ['Executable: '] = env.EXE, ['Core: '] = env.CORE }
vim.fn.input = function(prompt)
  return answers[prompt]
end
vim.ui.select = function(_, options)
  say('asked: %s', options.prompt)
end

local function wait_for(what, condition)
  if vim.wait(20000, condition, 10) then return end
  say('waited in vain for %s', what)
  for _, note in ipairs(notes) do say('told: %s', note) end
  leave()
end

--- The first line of a buffer that has `text`, and its number.
local function line_with(buffer, text)
  for number, line in ipairs(api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    if line:find(text, 1, true) then return vim.trim(line), number end
  end
end

local function show(buffer, text)
  wait_for(text, function() return line_with(buffer, text) end)
  say('%s', line_with(buffer, text))
end

--- Opens a widget, and does what `action` does with it.
local function in_widget(name, action)
  local view = widgets.centered_float(widgets[name])
  action(view)
  view.close()
end

--- Presses Enter on the line of a widget that has `text`.
local function press(view, text)
  wait_for(text, function() return line_with(view.buf, text) end)
  local _, number = line_with(view.buf, text)
  api.nvim_win_set_cursor(view.win, { number, 0 })
  require('dap.ui').trigger_actions({ mode = 'first' })
end

local function console()
  for _, window in ipairs(api.nvim_list_wins()) do
    local buffer = api.nvim_win_get_buf(window)
    if vim.bo[buffer].filetype == 'dap-repl' then return buffer, window end
  end
end

--- Types a line in the debug console.
local function type_line(line)
  local before = api.nvim_get_current_win()
  api.nvim_set_current_win(select(2, console()))
  local keys = api.nvim_replace_termcodes('A' .. line .. '<CR><Esc>', true, false, true)
  api.nvim_feedkeys(keys, 'tx', false)
  api.nvim_set_current_win(before)
end

--- Prints where the editor is, once it is in a function.
local function where(name)
  local session = dap.session()
  local signs
  wait_for(name, function()
    signs = vim.fn.sign_getplaced(api.nvim_get_current_buf(), { group = session.sign_group })[1].signs
    local line = math.min(session.current_frame.line, api.nvim_buf_line_count(0))
    return session.stopped_thread_id and session.current_frame.name == name and #signs == 1
      and api.nvim_win_get_cursor(0)[1] == line
  end)
  local file = vim.fn.fnamemodify(api.nvim_buf_get_name(0), ':t')
  say('thread %d in %s, %s:%d %s', session.stopped_thread_id, name, file, signs[1].lnum, signs[1].name)
end

--- The configuration of launch.json, which VS Code has, for the adapter of nvim-dap.
local function of_vs_code()
  dap.adapters.go = dap.adapters.inquest
  local vscode = require('dap.ext.vscode')
  if vscode.getconfigs then return vscode.getconfigs()[1] end
  dap.configurations.go = {}
  vscode.load_launchjs()
  return dap.configurations.go[1]
end

local function run()
  dofile(env.CONFIGURATION)
  if env.PORT then
    local command = { command = 'inquest', args = { 'dap', '--listen', '127.0.0.1:${port}' } }
    dap.adapters.inquest = { type = 'server', port = '${port}', executable = command }
  end
  local sources = { substitutePath = { { from = env.SOURCES, to = env.COMPILED_IN } } }
  vim.bo.filetype = 'go'
  local configuration = env.WORKSPACE and of_vs_code() or dap.configurations.go[1]
  dap.run(vim.tbl_extend('force', configuration, sources))
  dap.repl.open()
  wait_for('the core', function()
    return dap.session() and dap.session().current_frame and dap.session().current_frame.scopes
  end)
  where('main.inner')
  wait_for('the report', function() return #vim.diagnostic.get(0) == 1 end)
  local report = vim.diagnostic.get(0)[1]
  say('report at line %d: %s', report.lnum + 1, report.message:match('Description: ([^\n]*)'))

  in_widget('threads', function(view)
    show(view.buf, '[Go 1]')
    press(view, 'of the runtime')
    show(view.buf, 'GC sweep wait')
  end)
  in_widget('frames', function(view)
    for _, name in ipairs({ 'main.inner', 'main.outer', 'main.main' }) do show(view.buf, name) end
  end)
  in_widget('scopes', function(view)
    show(view.buf, 'depth')
    press(view, 'byInt')
    show(view.buf, '  5: "five"')
    press(view, 'many')
    show(view.buf, '…[100..199]')
  end)
  for _, expression in ipairs({ 'a + 1', 'byString', 'nothing', 'args' }) do type_line(expression) end
  for _, answer in ipairs({ '11', '"p": main.point', 'no variable nothing', 'depth = ' }) do show((console()), answer) end
  local hover = widgets.hover(function() return 'gTree.Left.Key' end)
  show(hover.buf, '"left"')
  hover.close()

  dap.up()
  where('main.outer')
  dap.up()
  where('main.main')
  dap.down()
  where('main.outer')
  -- What a core cannot do is told, and the session goes on.
  dap.step_over()
  where('main.inner')
  type_line('goroutine 2')
  where('runtime.gopark')
  type_line('goroutine 1')
  where('main.inner')

  dap.terminate()
  wait_for('the end', function() return not dap.session() end)
  for _, note in ipairs(notes) do say('told: %s', note) end
end

local ok, problem = xpcall(run, debug.traceback)
if not ok then say('%s', problem) end
leave()
