package dev.sessionstorage.jpa;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Delegates to another data source and records the executed statements. */
public final class CountingDataSource implements DataSource {

    private final DataSource target;
    private final List<String> statements = new ArrayList<>();
    private final Queue<SQLException> failures = new ConcurrentLinkedQueue<>();

    public CountingDataSource(DataSource target) {
        this.target = target;
    }

    /** The SQL executed so far, in order; a batch counts once. */
    public List<String> statements() {
        synchronized (statements) {
            return List.copyOf(statements);
        }
    }

    /** Makes the next statements fail instead of executing them. */
    public void failNext(List<SQLException> next) {
        failures.addAll(next);
    }

    /** The SQL that an action executes. */
    public List<String> statements(Runnable action) {
        int before = statements().size();
        action.run();
        List<String> all = statements();
        return all.subList(before, all.size());
    }

    @Override
    public Connection getConnection() throws SQLException {
        return counting(Connection.class, target.getConnection(), "");
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return counting(Connection.class, target.getConnection(username, password), "");
    }

    private <T> T counting(Class<T> type, T real, String sql) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            String text = arguments != null && arguments[0] instanceof String first ? first : sql;
            if (real instanceof Statement && method.getName().startsWith("execute")) {
                synchronized (statements) {
                    statements.add(text);
                }
                SQLException failure = failures.poll();
                if (failure != null) {
                    throw failure;
                }
            }
            return wrapped(invoke(real, method, arguments), text);
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object wrapped(Object result, String sql) {
        if (result instanceof CallableStatement call) {
            return counting(CallableStatement.class, call, sql);
        }
        if (result instanceof PreparedStatement prepared) {
            return counting(PreparedStatement.class, prepared, sql);
        }
        return result instanceof Statement statement ? counting(Statement.class, statement, sql) : result;
    }

    private static Object invoke(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return target.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        target.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        target.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return target.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return target.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return target.isWrapperFor(type);
    }
}
