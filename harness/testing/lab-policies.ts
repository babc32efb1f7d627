/** For `--kube-apiserver-arg=admission-control-config-file=…`; system namespaces are exempt. */
export const podSecurityConfiguration = `
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
  - name: PodSecurity
    configuration:
      apiVersion: pod-security.admission.config.k8s.io/v1
      kind: PodSecurityConfiguration
      defaults: { enforce: restricted, enforce-version: latest }
      exemptions: { namespaces: [kube-system] }
`;

/** Forbids tag `latest`; adds another team's namespace with default-deny egress. */
export const labObjects = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: no-latest }
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      - { apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }
  validations:
    - expression: object.spec.containers.all(c, c.image.contains(':') && !c.image.endsWith(':latest'))
      message: images need a tag other than latest
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: no-latest }
spec: { policyName: no-latest, validationActions: [Deny] }
---
apiVersion: v1
kind: Namespace
metadata: { name: team-a }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny-egress, namespace: team-a }
spec: { podSelector: {}, policyTypes: [Egress] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: theirs, namespace: team-a }
data: { theirs: "true" }
`;
