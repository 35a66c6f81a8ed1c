/** Tests that end otherwise in a jail than outside, and are meant to. */
export interface Difference {
  readonly because: string;
  /** Their ids, as `unittest` writes them. */
  readonly tests: RegExp;
  /** What each of them says in the jail: why it failed or was skipped; nothing where it was well. */
  readonly says: RegExp;
  /** What it depends on that not every machine has: the row may then be of no use. */
  readonly dependsOn?: string;
}

export const MEANT: readonly Difference[] = [
  {
    because: 'there is no network',
    tests:
      /^test\.test_(asyncio|docxmlrpc|epoll|logging|multiprocessing_\w+|os|pydoc|robotparser|signal|smtpd|socket|ssl|support|timeout|urllib_response)\./,
    // The last of them: asyncio makes a server without sockets of what it is refused.
    says: /Network is unreachable|101 (!=|not found in)|IPv6|Can not create socket|index out of range|^AssertionError: 0 != 1$/i,
  },
  {
    because: 'the same, to a test that says no more',
    tests: /^test\.test_audit\.AuditTest\.test_socket$/,
    says: /^AssertionError: $/,
  },
  {
    because: 'there is no pseudo-terminal: /dev has no ptmx and no pts',
    tests: /^test\.test_(asyncio\.test_events|builtin|pty|readline|openpty|os)\..*pty|^test\.test_readline\./i,
    says: /out of pty devices|^FileNotFoundError: \[Errno 2\]|seemingly\) not functional/,
  },
  {
    because:
      'files beside the interpreter lie on a read-only file system: to unlink one that is not there fails of that',
    tests: /^test\.test_(bdb|doctest|import|importlib|pickle|runpy|support|trace)\b/,
    says: /Errno 30\] Read-only file system: '\/usr\/lib\//,
  },
  {
    because: 'no file may be larger than /tmp',
    tests: /^test\.test_(io|mmap|resource)\b/,
    says: /Errno 27\] File too large|does not have largefile support|^AssertionError: -1 != 536870912$/,
  },
  {
    because:
      'a jail has four files in /etc only: no shadow passwords, services, sitecustomize, nor its own name in hosts',
    tests: /^test\.test_(__all__|ast|socket|spwd)\./,
    says: /^FileNotFoundError: .*directory(: .*sitecustomize\.py')?$|^OSError: $|^name lookup failure$|Servname not supported/,
  },
  {
    because: 'a jail has no /usr/include and no /usr/sbin',
    tests: /^test\.test_(sysconfig|uuid)\b/,
    says: /\/usr\/include\/|^requires (ip|ifconfig)$/,
    dependsOn: 'python3-dev, iproute2 or net-tools',
  },
  {
    because: 'a jail has two users and their groups, and no id but theirs',
    tests: /^test\.test_subprocess\.POSIXProcessTestCase\./,
    says: /^No identified group name|^OSError: \[Errno 22\] Invalid argument$/,
  },
  {
    because:
      'the kernel counts what watches files for all users together, so a jail has no F_NOTIFY, as it has no inotify',
    tests: /^test\.test_fcntl\.TestFcntl\.test_fcntl_64_bit$/,
    says: /^OSError: \[Errno 22\] Invalid argument$/,
  },
  {
    because: 'a jail has no attributes of files: access control lists lie in memory that no control group counts',
    tests: /^test\.test_os\.ExtendedAttributeTests\./,
    says: /^no non-broken extended attribute support$/,
  },
  {
    because: 'network interfaces are listed by netlink, whose queues lie in memory that no control group counts',
    tests: /^test\.test_socket\..*\.testInterfaceNameIndex$/,
    says: /^OSError: \[Errno 97\] Address family not supported by protocol$/,
  },
  {
    because: "the service's hooks for uncaught exceptions show frames of the program only",
    tests: /^test\.test_(exceptions|sys|threading)\./,
    says: / not found in |has no attribute '(__traceback__|err_msg)'$|'excepthook'$/,
  },
];

/** Tests that are not run. */
export interface Omission {
  readonly because: string;
  /** Names of modules, or ids of tests; read by JavaScript and Python. */
  readonly tests: RegExp;
}

export const LEFT_OUT: readonly Omission[] = [
  {
    because: 'they are about the network, and some of them wait for a connection for ever',
    tests: any(
      'test_(asynchat|asyncore|eintr|ftplib|httplib|httpservers|imaplib|nntplib|poplib|smtplib|socketserver|telnetlib)$',
      'test_(urllib2_localnet|wsgiref|xmlrpc)$',
      'test_asyncio\\.test_base_events\\..*\\.test_create_connection_service_name$',
      'test_asyncio\\.test_events\\..*connect_accepted_socket$',
      'test_asyncio\\.test_(sendfile|sock_lowlevel|ssl|sslproto)$',
      'test_asyncio\\.test_streams\\..*\\.test_drain_raises$',
      'test_asyncio\\.test_server\\..*\\.test_start_server_1$',
      'test_logging\\.ConfigDictTest\\.test_listen_',
      'test_logging\\.(Datagram|HTTP|SMTP|Socket|SysLog)HandlerTest\\.',
      'test_multiprocessing_.*Test(ListenerClient|ManagerRestart|PicklingConnections|RemoteManager)\\.',
      'test_socket\\.(?!BasicSocketPair|Cmsg|CreateServerTest|General|Inheritance|Nonblock|SendRecvFds|Test|.*(?:Unix|SCMRights)Stream)',
      'test_ssl\\.(Networked|SimpleBackground|Threaded|TestPostHandshakeAuth|TestPreHandshakeClose|TestSSLDebug)',
    ),
  },
  {
    because: 'they need a display',
    tests: any('test_idle$'),
  },
  {
    because: 'they count the frames below them, down to what runs them',
    tests: any('test_tracemalloc\\..*\\.test_(set_traceback_limit|snapshot)$'),
  },
  {
    because: 'they take long: they sleep, or work through much',
    tests: any(
      'test_asyncio\\.test_subprocess\\..*(read_stdout_after_process_exit|kill_issue43884)$',
      'test_asyncio\\.test_tasks\\..*\\.test_(task_del_collect|cancel_gather_2)$',
      'test_concurrent_futures\\.(?!Future|ThreadPool(?:Executor|Initializer)|ProcessPoolFork(?:ProcessPoolExecutor|Initializer))',
      'test_concurrent_futures\\..*\\.test_(map_timeout|hang_global_shutdown_lock)$',
      'test_(cppext|distutils|largefile|lib2to3|regrtest|venv)$',
      'test_compileall\\.CommandLineTests',
      'test_email\\..*\\.test_make_msgid_collisions$',
      'test_faulthandler\\..*\\.test_dump_traceback_later',
      'fork_wait\\.|test_(fork1|wait3|wait4)\\..*\\.test_wait$',
      'test_io\\..*\\.test_(daemon_threads_shutdown|interrupted_write_retry)',
      'test_logging\\.HandlerTest\\.test_race$|test_logging\\..*\\.test_noserver$',
      'test_lzma\\..*bigmem',
      'test_multiprocessing_(?:fork|spawn|forkserver)\\.(?!WithProcessesTest)',
      'test_multiprocessing_fork\\.WithProcessesTest(Finalize|ManagerRestart|Poll)',
      'test_multiprocessing_(?:spawn|forkserver)\\.WithProcessesTest(?!Array|Event|Lock|Process|Queue|Semaphore|SharedMemory)',
      'test_multiprocessing_main_handling\\.ForkServer',
      'test_poll\\..*\\.test_poll2$',
      'test_selectors\\..*\\.test_(select_interrupt|timeout)',
      'test_signal\\..*\\.test_siginterrupt_off$',
      'test_source_encoding\\..*\\.test_invalid_utf8$',
      'test_subprocess\\..*\\.test_check_output_timeout$',
      'test_support\\..*args_from_interpreter_flags$',
      'test_weakref\\..*\\.test_threaded_weak',
    ),
  },
];

/** Matches what any of them matches, from `test.` on. */
function any(...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.map((pattern) => `^test\\.(?:${pattern})`).join('|'));
}
