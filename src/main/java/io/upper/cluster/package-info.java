/**
 * Job nodes: processes, perhaps on other machines, that do the work on requests. A <em>gateway</em>
 * has the sockets; it hands each request over Vert.x's clustered event bus to a <em>job node</em>
 * and keeps it until its reply. docs/cluster.md says what that promises.
 *
 * <ul>
 *   <li>{@link io.upper.cluster.ClusterModel} is the concurrency model {@code cluster}: a request
 *       becomes a {@link io.upper.cluster.JobMessage}, its reply is a {@link
 *       io.upper.cluster.JobReply}.
 *   <li>{@link io.upper.cluster.Gateway} chooses a node for each job, and another one when that
 *       node is gone; it knows each node by a {@link io.upper.cluster.NodeLink}.
 *   <li>{@link io.upper.cluster.JobNode} does the jobs of those gateways that it trusts ({@link
 *       io.upper.cluster.GatewayLinks}); {@link io.upper.cluster.JobNodeVerticle} is {@code upper
 *       node}.
 *   <li>{@link io.upper.cluster.Proof} is how both prove that they have the cluster's secret.
 *   <li>{@link io.upper.cluster.Membership} joins the cluster, whose members Hazelcast knows.
 * </ul>
 */
package io.upper.cluster;
