package dev.sessionstorage.autoconfigure;

/** Whether stored sessions outlive this process. If so, the secret that signs their ids must outlive it too. */
record SessionStoreDurability(boolean survivesRestart) {}
