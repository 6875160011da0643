package dev.sessionstorage.autoconfigure;

/** Whether stored sessions outlive this process, so that the secret that signs their ids must do so too. */
record SessionStoreDurability(boolean survivesRestart) {}
