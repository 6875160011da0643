package dev.sessionstorage;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The dependencies between packages, and the house rules that can be checked automatically. */
@AnalyzeClasses(
        packages = "dev.sessionstorage",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {

    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule ARROWS_RUN_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("core")
            .definedBy("dev.sessionstorage")
            .layer("jpa")
            .definedBy("dev.sessionstorage.jpa..")
            .layer("redis")
            .definedBy("dev.sessionstorage.redis..")
            .layer("web")
            .definedBy("dev.sessionstorage.web..")
            .layer("security")
            .definedBy("dev.sessionstorage.security..")
            .layer("actuate")
            .definedBy("dev.sessionstorage.actuate..")
            .layer("autoconfigure")
            .definedBy("dev.sessionstorage.autoconfigure..")
            .whereLayer("core")
            .mayNotAccessAnyLayer()
            .whereLayer("jpa")
            .mayOnlyAccessLayers("core")
            .whereLayer("redis")
            .mayOnlyAccessLayers("core")
            .whereLayer("web")
            .mayOnlyAccessLayers("core")
            .whereLayer("security")
            .mayOnlyAccessLayers("core", "web")
            .whereLayer("actuate")
            .mayOnlyAccessLayers("core")
            .whereLayer("autoconfigure")
            .mayOnlyAccessLayers("core", "jpa", "redis", "web", "security", "actuate");

    @ArchTest
    static final ArchRule CORE_KNOWS_SPRING_WEB_AND_JACKSON_ONLY = classes()
            .that()
            .resideInAPackage("dev.sessionstorage")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "dev.sessionstorage",
                    "com.fasterxml.jackson.annotation",
                    "java..",
                    "javax.crypto..",
                    "javax.net.ssl",
                    "org.jspecify.annotations",
                    "org.apache.commons.logging",
                    "org.springframework.core",
                    "org.springframework.http",
                    "org.springframework.objenesis",
                    "org.springframework.util",
                    "org.springframework.web",
                    "tools.jackson.."));

    @ArchTest
    static final ArchRule THE_JPA_REPOSITORY_KNOWS_NO_SPRING = noClasses()
            .that()
            .resideInAPackage("dev.sessionstorage.jpa..")
            .should()
            .dependOnClassesThat(resideInAPackage("org.springframework.."));

    @ArchTest
    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS =
            noClasses().should().haveNameMatching(".*(Impl|Manager|Utils?|Helper)");

    @ArchTest
    static final ArchRule PACKAGES_SAY_WHAT_THEY_ARE_FOR =
            noClasses().should().resideInAnyPackage("..internal..", "..util..", "..impl..", "..common..");

    @ArchTest
    static final ArchRule WHAT_IS_NOT_A_PROMISE_IS_PACKAGE_PRIVATE_AND_FINAL = classes()
            .that()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .areNotRecords()
            .and()
            .doNotHaveModifier(JavaModifier.ABSTRACT)
            .and(notAnonymousOrEntity())
            .should()
            .haveModifier(JavaModifier.FINAL);

    private static DescribedPredicate<JavaClass> notAnonymousOrEntity() {
        return DescribedPredicate.describe(
                "neither anonymous, package-info nor an entity",
                type -> !type.isAnonymousClass()
                        && !type.getSimpleName().equals("package-info")
                        && !type.isAnnotatedWith("jakarta.persistence.Entity"));
    }
}
