package dev.sessionstorage.test.web;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/** Creates the session of {@link WithSession} before each test method and destroys it afterwards. */
final class WithSessionTestExecutionListener extends AbstractTestExecutionListener {

    /** Inside the test's transaction (4000) and after its SQL scripts (5000). */
    private static final int ORDER = 11_000;

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public void beforeTestMethod(TestContext testContext) {
        WithSession annotation = annotation(testContext);
        if (annotation != null) {
            WithSessionCookie cookie = cookies(testContext).getIfAvailable();
            if (cookie == null) {
                throw new IllegalStateException("@WithSession needs a SessionStorage bean and Boot's MockMvc:"
                        + " @WebMvcTest, or @SpringBootTest with @AutoConfigureMockMvc");
            }
            cookie.start(annotation);
        }
    }

    @Override
    public void afterTestMethod(TestContext testContext) {
        if (annotation(testContext) != null) {
            cookies(testContext).ifAvailable(WithSessionCookie::end);
        }
    }

    /** Called only for tests with the annotation, so other tests need neither MockMvc nor the servlet API. */
    private static ObjectProvider<WithSessionCookie> cookies(TestContext testContext) {
        return testContext.getApplicationContext().getBeanProvider(WithSessionCookie.class);
    }

    private static @Nullable WithSession annotation(TestContext testContext) {
        WithSession onMethod =
                AnnotatedElementUtils.findMergedAnnotation(testContext.getTestMethod(), WithSession.class);
        return onMethod != null
                ? onMethod
                : TestContextAnnotationUtils.findMergedAnnotation(testContext.getTestClass(), WithSession.class);
    }
}
