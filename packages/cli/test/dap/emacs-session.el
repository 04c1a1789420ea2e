;; A session of Emacs with dap-mode, without a screen: opens a core, and prints what the editor shows.
;; Started by emacs.test.ts, which gives the command, the files and a folder for what Emacs writes in the environment.

(require 'package)
(setq package-user-dir (expand-file-name "elpa" (getenv "FOLDER")))
(package-initialize)
(require 'dap-mode)
(setq dap-auto-configure-features nil
      lsp-session-file (expand-file-name "session" (getenv "FOLDER"))
      dap-breakpoints-file (expand-file-name "breakpoints" (getenv "FOLDER")))

(defvar stopped nil)
(add-hook 'dap-stopped-hook (lambda (_session) (setq stopped t)))

(defun wait-for (condition)
  "Wait until CONDITION gives non-nil, for half a minute at most."
  (let ((left 600))
    (while (and (not (funcall condition)) (> left 0))
      (accept-process-output nil 0.05)
      (setq left (1- left)))))

(defun ask (session command arguments)
  "The body of the answer to COMMAND with ARGUMENTS in SESSION."
  (let (answer)
    (dap--send-message (dap--make-request command arguments) (lambda (it) (setq answer it)) session)
    (wait-for (lambda () answer))
    (gethash "body" answer)))

(let ((sources (file-name-as-directory (getenv "SOURCES"))))
  (find-file (concat sources "main.go"))
  (lsp-workspace-folders-add sources)
  (dap-start-debugging
   (list :type "inquest" :request "launch" :name "core" :mode "core"
         :dap-server-path (append (split-string (getenv "INQUEST")) '("dap" "--stdio" "--no-config"))
         :program (getenv "EXE") :coreFilePath (getenv "CORE")
         :substitutePath (vector (list :from sources :to (getenv "COMPILED_IN"))))))

(let ((session (dap--cur-session)))
  (wait-for (lambda () (and stopped (dap--debug-session-active-frame session))))
  (let* ((frame (dap--debug-session-active-frame session))
         (buffer (window-buffer (selected-window)))
         (value (ask session "evaluate"
                     (list :expression "byString" :frameId (gethash "id" frame) :context "watch")))
         (entries (ask session "variables" (list :variablesReference (gethash "variablesReference" value))))
         (text (ask session "evaluate" (list :expression "args" :frameId (gethash "id" frame) :context "repl"))))
    (princ (format "frame %s\n" (gethash "name" frame)))
    (princ (format "file %s:%d\n" (file-name-nondirectory (buffer-file-name buffer))
                   (with-current-buffer buffer (line-number-at-pos))))
    (dolist (entry (append (gethash "variables" entries) nil))
      (princ (format "entry %s = %s\n" (gethash "name" entry) (gethash "value" entry))))
    (princ (gethash "result" text))
    (kill-emacs 0)))
