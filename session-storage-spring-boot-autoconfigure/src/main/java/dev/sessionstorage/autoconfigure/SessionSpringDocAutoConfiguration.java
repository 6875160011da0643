package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import dev.sessionstorage.web.RequestSession;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;

/** Hides session parameters from springdoc's API documents, because clients do not send them. */
@AutoConfiguration
@ConditionalOnClass({SpringDocUtils.class, CurrentSession.class})
public final class SessionSpringDocAutoConfiguration {

    SessionSpringDocAutoConfiguration() {
        SpringDocUtils.getConfig()
                .addAnnotationsToIgnore(CurrentSession.class)
                .addRequestWrapperToIgnore(Session.class, RequestSession.class);
    }
}
